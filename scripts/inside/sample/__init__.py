"""Made-up workbooks of developers: kinds of rows, made-up people, and the files they go into."""
