/* In a unit test a file is not forced to the disk: what is tested there does not depend on it, and on a slow
 * disk thousands of syncs take many minutes. SQLite's library is given these, too. What a power cut leaves is
 * proved by tests/prove. */
#include <fcntl.h>
#include <unistd.h>

int fsync(int descriptor)
{
    return fcntl(descriptor, F_GETFD) < 0 ? -1 : 0;
}

int fdatasync(int descriptor)
{
    return fsync(descriptor);
}
