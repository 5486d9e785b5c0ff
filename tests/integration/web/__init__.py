"""The pages: endpoints through HTTP, and what people see in a browser."""
