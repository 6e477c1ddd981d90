/* Decides which command runs, and turns what it returns into an exit code. Refuses to know what commands do.
 */
#include "campana/cli.h"
#include "campana/buffer.h"
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/exit_code.h"
#include "campana/output.h"
#include "campana/signals.h"
#include "campana/spelling.h"
#include "campana/store.h"
#include "command.h"
#include <assert.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define COMMANDS_MOST 32

static const enum option version_options[] = {OPTION_VERSION, OPTIONS};
static const struct option_group version_groups[] = {{"Options", version_options}, {NULL, NULL}};

/* A descriptor that the caller has closed would be given to the next file, and the database would get our
 * messages. Opened for reading only, so that a result that nobody gets is a failure. */
static int open_standard_descriptors(struct error *error)
{
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++)
        if (fcntl(descriptor, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != descriptor)
            return error_set(error, ERROR_MACHINE, "cannot open /dev/null");
    return 0;
}

static const struct command *find_command(const char *name, struct error *error)
{
    const char *names[COMMANDS_MOST] = {"help"};
    size_t count = 1;
    for (const struct command *command = commands; command->name != NULL; command++) {
        if (strcmp(command->name, name) == 0)
            return command;
        if (count < COMMANDS_MOST)
            names[count++] = command->name;
    }
    const char *nearest = spelling_nearest(name, names, count);
    if (nearest != NULL)
        error_set(error, ERROR_INPUT, "there is no command \"%s\"; did you mean campana %s?", name, nearest);
    else
        error_set(error, ERROR_INPUT, "there is no command \"%s\"; campana help lists those there are", name);
    return NULL;
}

static int print(struct buffer *text, struct error *error)
{
    int result = output_text(text, error);
    buffer_free(text);
    return result == 0 ? EXIT_DONE : -1;
}

static int print_overview(struct error *error)
{
    struct buffer text = {0};
    help_put_overview(&text);
    return print(&text, error);
}

static int print_command_help(const struct command *command, struct error *error)
{
    struct buffer text = {0};
    help_put_command(command, &text);
    return print(&text, error);
}

static int print_version(struct error *error)
{
    struct buffer text = {0};
    help_put_version(&text);
    return print(&text, error);
}

static int help(const struct options *options, struct error *error)
{
    if (options->argument_count == 0 || strcmp(options->arguments[0], "help") == 0)
        return print_overview(error);
    const struct command *command = find_command(options->arguments[0], error);
    return command == NULL ? -1 : print_command_help(command, error);
}

static int check_arguments(const struct command *command, const struct options *options, struct error *error)
{
    size_t count = options->argument_count;
    if (count < command->arguments_least)
        return error_set(error, ERROR_INPUT, "%s what? It is campana %s %s; see campana %s --help",
                         command->name, command->name, command->arguments, command->name);
    if (count > 0 && command->arguments_most == 0)
        return error_set(error, ERROR_INPUT, "one argument too many: \"%s\". campana %s takes none",
                         options->arguments[0], command->name);
    if (count > command->arguments_most)
        return error_set(
            error, ERROR_INPUT,
            "one argument too many: \"%s\". It is campana %s %s; a name with spaces needs quotes",
            options->arguments[command->arguments_most], command->name, command->arguments);
    if (count > 0 && options->arguments[0][0] == '\0')
        return error_set(error, ERROR_INPUT,
                         "the argument is empty (a script's variable that is not set?). It is campana %s %s",
                         command->name, command->arguments);
    return 0;
}

static int run_command(const struct command *command, const struct options *options,
                       const struct steps *steps, struct error *error)
{
    struct invocation invocation = {
        .command = command,
        .options = options,
        .steps = steps,
        .clock = &clock_system,
        .talk = {option_given(options, OPTION_QUIET), option_given(options, OPTION_VERBOSE)}};
    if (option_given(options, OPTION_HELP))
        return print_command_help(command, error);
    if (check_arguments(command, options, error) != 0)
        return -1;
    int result = command->run(&invocation, error);
    signals_restore();
    settings_free(&invocation.settings);
    return result;
}

static int dispatch(int argc, char **argv, struct options *options, const struct steps *steps,
                    struct error *error)
{
    int at = 1;
    if (options_read(options, "", version_groups, argc, argv, 1, &at, error) != 0)
        return -1;
    if (option_given(options, OPTION_VERSION))
        return print_version(error);
    if (at == argc && option_given(options, OPTION_HELP))
        return print_overview(error);
    if (at == argc)
        return error_set(
            error, ERROR_INPUT,
            "what shall be done? campana run FILE sends a spreadsheet; campana help lists the commands");
    const char *name = argv[at];
    bool helps = strcmp(name, "help") == 0;
    const struct command *command = helps ? NULL : find_command(name, error);
    if (!helps && command == NULL)
        return -1;
    if (options_read(options, name, helps ? NULL : command->groups, argc, argv, at + 1, NULL, error) != 0)
        return -1;
    return helps ? help(options, error) : run_command(command, options, steps, error);
}

int cli_main(int argc, char **argv, const struct steps *steps)
{
    struct options options = {0};
    struct error error;
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    error_clear(&error);
    sigaction(SIGPIPE, &ignore, NULL); /* a pipe that nobody reads shows as EPIPE, and ends quietly */
    sigaction(SIGXFSZ, &ignore, NULL); /* a limit on the size of files (ulimit -f) shows as a full disk does */
    store_prepare_process();
    int result = open_standard_descriptors(&error);
    if (result == 0)
        result = dispatch(argc, argv, &options, steps, &error);
    assert(result >= 0 || error.text[0] != '\0');
    if (result < 0 && error.kind != ERROR_NONE)
        talk_error(&error);
    options_free(&options);
    return result < 0 ? (int)exit_code_of_error(error.kind) : result;
}
