"""The web app: what it shows (`render`), what it does (`handlers`), how it looks (`style.css`)."""
