build-os/lib/rfc3339.o: lib/rfc3339.c lib/rfc3339.h lib/text.h
lib/rfc3339.h:
lib/text.h:
