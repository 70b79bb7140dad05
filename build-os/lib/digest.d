build-os/lib/digest.o: lib/digest.c lib/digest.h lib/text.h
lib/digest.h:
lib/text.h:
