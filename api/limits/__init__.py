"""How much may be asked: sizes of bodies, requests and tokens a minute, answers at once."""
