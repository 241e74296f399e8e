"""Laws of isotropic networks."""
