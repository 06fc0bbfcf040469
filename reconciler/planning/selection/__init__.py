"""Which lines a run carries out: the reviewed ones, or those a schedule may. Pure floor."""
