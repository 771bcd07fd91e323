/**
 * The web console: what operators look at day and night, in a browser, in Mongolian and English.
 *
 * <p>Pages are made on the server (Thymeleaf), parts of them are fetched anew when something has changed (htmx, server-sent
 * events), and nothing comes from elsewhere. A {@link org.referralhub.console.Section} is a page in the navigation with who may
 * read it and who may act there. What is read and ordered here is read and ordered through the same objects as over HTTP; no
 * page asks the database. Nothing depends on this package.
 */
@NullMarked
package org.referralhub.console;

import org.jspecify.annotations.NullMarked;
