"""Rules of what a document must be, so that everything it says can be enforced."""
