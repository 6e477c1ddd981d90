/* The step hook: campana calls it after every commit and around every hand-off of a request to the transport, with the
 * step's name. A test that kills the process at every step proves what a crash leaves behind. */
#ifndef CAMPANA_STEPS_H
#define CAMPANA_STEPS_H

struct steps {
    void (*at)(void *context, const char *step); /* NULL: nobody is interested */
    void *context;
};

static inline void step_at(const struct steps *steps, const char *step)
{
    if (steps != 0 && steps->at != 0)
        steps->at(steps->context, step);
}

#endif
