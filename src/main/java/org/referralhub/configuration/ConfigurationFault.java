package org.referralhub.configuration;

import org.springframework.util.StringUtils;

/**
 * One thing wrong in a file that people write.
 *
 * @param file path as shown to people
 * @param line from 1; 0 when the whole file is meant
 * @param column from 1, in characters; 0 when the whole line is meant
 * @param problem what is wrong
 * @param remedy what to do about it
 */
public record ConfigurationFault(String file, int line, int column, String problem, String remedy) {

    /** One line as compilers print it: {@code file:line:column: problem. Remedy}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(file);
        if (line > 0) {
            text.append(':').append(line);
            if (column > 0) {
                text.append(':').append(column);
            }
        }
        return text.append(": ")
                .append(problem)
                .append(". ")
                .append(StringUtils.capitalize(remedy))
                .toString();
    }
}
