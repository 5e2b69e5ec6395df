cb_unit_test(snapshot snapshot/main.c snapshot/bed.c snapshot/layer_test.c snapshot/harvest_test.c
  snapshot/lowers_test.c snapshot/store_test.c snapshot/mask_test.c LIBS cb_snapshot PkgConfig::ARCHIVE)
