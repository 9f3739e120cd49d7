"""The screen of the kiosk: a small Starlette app and its own ES modules, no build step."""
