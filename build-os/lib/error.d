build-os/lib/error.o: lib/error.c lib/error.h lib/text.h
lib/error.h:
lib/text.h:
