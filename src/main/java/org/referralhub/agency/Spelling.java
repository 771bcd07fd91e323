package org.referralhub.agency;

import org.referralhub.validation.RegisterNumber;

/** How people write the id of an agency or its kind. */
public final class Spelling {
    private Spelling() {}

    /**
     * Letters and digits only, alike in case and in script: nobody is told of a child because of a capital letter, a stray
     * blank, a hyphen or a Cyrillic letter that looks like a Latin one. Only for comparing.
     */
    public static String plain(String written) {
        return RegisterNumber.fold(written)
                .codePoints()
                .filter(Character::isLetterOrDigit)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
