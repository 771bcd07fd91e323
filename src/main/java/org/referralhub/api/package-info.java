/**
 * The HTTP face under {@code /api/v1}: agencies send, read and acknowledge in their own dialect; operators look at dead
 * letters, agencies and books.
 *
 * <p>This room holds who may call what, how often and how much, and how an answer or a problem is written. What is decided
 * about a message is decided elsewhere. Nothing depends on this package.
 */
@NullMarked
package org.referralhub.api;

import org.jspecify.annotations.NullMarked;
