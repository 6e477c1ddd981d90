/* A worker: one piece of work at a time, beside its owner or, without a thread, by him. */
#include "campana/clock.h"
#include "campana/worker.h"
#include "faults.h"
#include "main.h"
#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>

static sem_t may_go_on, is_over;
static int done;
static pthread_t by;
static sigset_t blocked;

static void setup(void)
{
    sem_init(&may_go_on, 0, 0);
    sem_init(&is_over, 0, 0);
    done = 0;
}

static void teardown(void)
{
    sem_destroy(&may_go_on);
    sem_destroy(&is_over);
}

static void work(void *context)
{
    int *count = context;
    (*count)++;
    by = pthread_self();
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
}

static void wait_and_work(void *context)
{
    sem_wait(&may_go_on);
    work(context);
}

static void tell(void *context)
{
    sem_post(context);
}

static struct worker *make(void)
{
    struct worker *worker = worker_new(0, tell, &is_over);
    ck_assert_ptr_nonnull(worker);
    return worker;
}

START_TEST(work_is_done_beside_its_owner)
{
    struct worker *worker = make();
    ck_assert(!worker_busy(worker));
    worker_do(worker, wait_and_work, &done);
    ck_assert(worker_busy(worker));
    sem_post(&may_go_on);
    worker_wait(worker);
    ck_assert(!worker_busy(worker));
    ck_assert_int_eq(done, 1);
    ck_assert(!pthread_equal(by, pthread_self()));
    worker_free(worker);
}
END_TEST

START_TEST(its_owner_is_told_when_nothing_is_under_way_any_more)
{
    struct worker *worker = make();
    for (int i = 1; i <= 1000; i++) {
        worker_do(worker, work, &done);
        sem_wait(&is_over);
        ck_assert(!worker_busy(worker));
        ck_assert_int_eq(done, i);
    }
    worker_free(worker);
}
END_TEST

START_TEST(what_follows_closely_is_waited_for_awake)
{
    struct worker *worker = worker_new(NS_PER_S, tell, &is_over);
    ck_assert_ptr_nonnull(worker);
    for (int i = 1; i <= 1000; i++) {
        worker_do(worker, work, &done);
        while (worker_busy(worker))
            sched_yield();
        ck_assert_int_eq(done, i);
    }
    worker_free(worker);
}
END_TEST

START_TEST(on_one_core_there_is_none_for_a_worker)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET((size_t)sched_getcpu(), &one);
    ck_assert_int_eq(sched_setaffinity(0, sizeof one, &one), 0);
    ck_assert(!worker_has_core());
}
END_TEST

START_TEST(nobody_need_be_told)
{
    struct worker *worker = worker_new(0, NULL, NULL);
    ck_assert_ptr_nonnull(worker);
    worker_do(worker, work, &done);
    worker_wait(worker);
    worker_do(worker, work, &done);
    worker_wait(worker);
    ck_assert_int_eq(done, 2);
    worker_free(worker);
}
END_TEST

START_TEST(signals_are_for_the_owner)
{
    struct worker *worker = make();
    worker_do(worker, work, &done);
    worker_wait(worker);
    ck_assert_int_eq(sigismember(&blocked, SIGINT), 1);
    ck_assert_int_eq(sigismember(&blocked, SIGTERM), 1);
    worker_free(worker);
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    ck_assert_int_eq(sigismember(&blocked, SIGINT), 0);
}
END_TEST

START_TEST(freeing_waits_for_the_work_under_way)
{
    struct worker *worker = make();
    worker_do(worker, wait_and_work, &done);
    sem_post(&may_go_on);
    worker_free(worker);
    ck_assert_int_eq(done, 1);
    worker_free(NULL);
}
END_TEST

START_TEST(without_a_thread_the_owner_does_the_work_at_once)
{
    faults_arm(2, false); /* calloc(), then pthread_create() */
    struct worker *worker = worker_new(0, tell, &is_over);
    ck_assert(faults_disarm());
    ck_assert_ptr_nonnull(worker);
    worker_do(worker, work, &done);
    ck_assert_int_eq(done, 1);
    ck_assert(!worker_busy(worker));
    ck_assert(pthread_equal(by, pthread_self()));
    ck_assert_int_eq(sem_trywait(&is_over), 0);
    worker_wait(worker);
    worker_free(worker);
}
END_TEST

START_TEST(without_memory_there_is_no_worker)
{
    faults_arm(1, false);
    struct worker *worker = worker_new(0, tell, &is_over);
    ck_assert(faults_disarm());
    ck_assert_ptr_null(worker);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("worker");
    TCase *tcase = tcase_create("worker");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, work_is_done_beside_its_owner);
    tcase_add_test(tcase, its_owner_is_told_when_nothing_is_under_way_any_more);
    tcase_add_test(tcase, what_follows_closely_is_waited_for_awake);
    tcase_add_test(tcase, on_one_core_there_is_none_for_a_worker);
    tcase_add_test(tcase, nobody_need_be_told);
    tcase_add_test(tcase, signals_are_for_the_owner);
    tcase_add_test(tcase, freeing_waits_for_the_work_under_way);
    tcase_add_test(tcase, without_a_thread_the_owner_does_the_work_at_once);
    tcase_add_test(tcase, without_memory_there_is_no_worker);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
