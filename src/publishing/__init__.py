"""What client teams are given: the release's files (`assets`) and the site (`site`), made of the contract."""
