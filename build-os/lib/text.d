build-os/lib/text.o: lib/text.c lib/text.h lib/error.h lib/scan.h
lib/text.h:
lib/error.h:
lib/scan.h:
