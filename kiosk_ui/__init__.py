"""The kiosk's screen: a small web app on loopback, and a page that picks a language and decides nothing."""
