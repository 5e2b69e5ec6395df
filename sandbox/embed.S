/* The builder's ELF image as bytes of this library. */
    .section .rodata
    .global cb_builder_image
    .global cb_builder_image_end
    .balign 16
cb_builder_image:
    .incbin CB_BUILDER_PATH
cb_builder_image_end:
    .section .note.GNU-stack,"",%progbits
