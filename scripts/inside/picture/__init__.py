"""How the pictures of the guide are made: the tour, its workbooks, the drawing."""
