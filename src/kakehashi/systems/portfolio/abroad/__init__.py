"""Co-operation abroad as officers write it: recorded, corrected, ended, from files and into them."""
