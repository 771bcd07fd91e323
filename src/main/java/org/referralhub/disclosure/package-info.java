/**
 * What a recipient may see.
 *
 * <p>{@code config/disclosure.csv} is compiled into one allow-list for each kind of agency; delivery walks a message along
 * it and copies what it names. What the file does not name reaches nobody.
 */
@NullMarked
package org.referralhub.disclosure;

import org.jspecify.annotations.NullMarked;
