"""Laws of recurrent networks that size themselves."""
