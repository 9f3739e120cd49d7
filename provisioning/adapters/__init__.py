"""What provisioning asks of the machine."""
