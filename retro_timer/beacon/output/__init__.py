"""What people hear and see: buzzer, voice, lamp."""
