build-os/lib/value.o: lib/value.c lib/record.h lib/arena.h lib/text.h
lib/record.h:
lib/arena.h:
lib/text.h:
