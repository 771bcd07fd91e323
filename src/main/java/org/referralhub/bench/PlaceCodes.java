package org.referralhub.bench;

/**
 * Where a child of the mix lives.
 *
 * @param state code of the aimag or the capital
 * @param district code of the soum or district
 * @param subdistrict code of the bag or khoroo
 */
record PlaceCodes(String state, String district, String subdistrict) {}
