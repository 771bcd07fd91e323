/**
 * The formats that agencies speak: bytes to canonical message and back, and the chain of checks on the way.
 *
 * <p>A dialect is a folder below {@code schemas/}, not a class: {@link Dialects} reads the folders, {@link Translator} runs
 * a message through one. What is in a folder is told in {@code docs/dialects.md}.
 */
@NullMarked
package org.referralhub.dialect;

import org.jspecify.annotations.NullMarked;
