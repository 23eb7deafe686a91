"""What a document must keep to, so that everything it says can be enforced."""
