package org.referralhub.bench;

/**
 * One invented referral, as its sender's system would send it.
 *
 * @param number its place in the run, from 0
 * @param variant which of the mix's contents it has; referrals of one variant differ in their message id only
 * @param agency who sends it
 * @param dialect the sender's format
 * @param referralId what the hub will call it
 * @param bytes the document
 */
record Sending(int number, int variant, String agency, String dialect, String referralId, byte[] bytes) {}
