"""The town in containers, as `docker-compose.yml` makes it."""
