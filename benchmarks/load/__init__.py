"""Large libraries, many clients, replicas, Ray nodes, and the page's timings in a browser."""
