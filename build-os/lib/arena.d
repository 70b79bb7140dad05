build-os/lib/arena.o: lib/arena.c lib/arena.h lib/error.h lib/text.h
lib/arena.h:
lib/error.h:
lib/text.h:
