/**
 * The few beans that the routes in {@code routes/} call, and how those routes are loaded.
 *
 * <p>A route holds endpoints, the order of steps and its failure policy; what has a branch, a header or a verdict is here, as
 * plain beans with typed arguments.
 */
@NullMarked
package org.referralhub.flow;

import org.jspecify.annotations.NullMarked;
