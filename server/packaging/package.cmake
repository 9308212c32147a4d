# What the Debian package holds; server/packaging/pack.sh makes it. Tried by tests/packaging/run.sh; what its files are for stands
# in each.
set(packaging ${CMAKE_CURRENT_LIST_DIR})
install(TARGETS cbmx DESTINATION /usr/bin)
install(FILES ${packaging}/cbmx.service ${packaging}/cbmx.socket ${packaging}/cbmx-mtls.socket ${packaging}/cbmx-metrics.socket DESTINATION /lib/systemd/system)
install(FILES ${packaging}/cbmx.sysusers DESTINATION /usr/lib/sysusers.d RENAME cbmx.conf)
install(FILES ${packaging}/cbmx.tmpfiles DESTINATION /usr/lib/tmpfiles.d RENAME cbmx.conf)
install(FILES ${packaging}/cbmx.toml DESTINATION /etc/cbmx PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ)
install(PROGRAMS ${packaging}/copy-away.sh DESTINATION /usr/lib/cbmx)
install(FILES ${packaging}/alerts.yml DESTINATION /usr/share/doc/cbmx)
install(FILES ${packaging}/copyright ${CMAKE_SOURCE_DIR}/server/docs/operator.md ${CMAKE_SOURCE_DIR}/README.md DESTINATION /usr/share/doc/cbmx)

# What the program is made of, beside the program that was installed just before, stripped.
install(CODE "
  execute_process(COMMAND \"${packaging}/sbom.py\" \"\$ENV{DESTDIR}/usr/bin/cbmx\" cbmx ${PROJECT_VERSION}
    OUTPUT_FILE \"${CMAKE_CURRENT_BINARY_DIR}/packaging/sbom.spdx.json\" COMMAND_ERROR_IS_FATAL ANY)")
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/packaging/sbom.spdx.json DESTINATION /usr/share/doc/cbmx)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME cbmx)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "CBM Exchange <security@cbm.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "portal for cyber confidence-building measures between States")
set(CPACK_PACKAGE_DESCRIPTION "National officials publish reports on confidence-building measures and
keep a directory of points of contact. Every accepted change is one entry of
a tamper-evident log, and is answered with a signed receipt.")
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "gpg, systemd")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "prometheus, rsync")
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/packaging/conffiles "/etc/cbmx/cbmx.toml\n")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${packaging}/postinst ${packaging}/prerm ${CMAKE_CURRENT_BINARY_DIR}/packaging/conffiles)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
