"""The box's own Wi-Fi, or the club's: profiles for NetworkManager, and how the box changes from one to the other."""
