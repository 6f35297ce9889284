"""File formats: where their metadata blocks stand, and the splices that change them."""
