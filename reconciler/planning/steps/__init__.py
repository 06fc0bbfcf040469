"""How a plan comes to be: assess, ask what the lines leave open, complete. Pure floor."""
