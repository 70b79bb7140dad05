build-os/lib/pass.o: lib/pass.c lib/pass.h lib/scan.h lib/text.h
lib/pass.h:
lib/scan.h:
lib/text.h:
