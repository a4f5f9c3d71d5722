"""Text and codes -> proposed fields; pure rules that propose and never decide."""
