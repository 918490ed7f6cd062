"""Files from outside made safe: read by a real parser, written anew, in a child process that can reach nothing."""
