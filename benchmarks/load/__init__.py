"""Large libraries, many clients, replicas, Ray nodes, the page's timings; kills and damage: what is lost."""
