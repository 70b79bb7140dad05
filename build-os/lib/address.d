build-os/lib/address.o: lib/address.c lib/address.h
lib/address.h:
