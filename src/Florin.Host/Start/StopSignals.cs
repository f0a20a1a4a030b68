using System.Runtime.InteropServices;

namespace Florin.Host.Start;

/// <summary>Ctrl-C and SIGTERM: the first asks to stop, the second ends the process at once.</summary>
internal sealed class StopSignals : IDisposable
{
    // 128 + SIGINT, as shells report a process that a signal ended.
    private const int EndedBySignal = 130;

    private readonly CancellationTokenSource requested = new();
    private readonly TaskCompletionSource came = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration interrupt;
    private readonly PosixSignalRegistration terminate;

    public StopSignals()
    {
        interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
        terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
    }

    public CancellationToken Requested => requested.Token;

    public Task WaitAsync() => came.Task;

    public void Dispose()
    {
        interrupt.Dispose();
        terminate.Dispose();
        requested.Dispose();
    }

    private void Handle(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (!came.TrySetResult()) Environment.Exit(EndedBySignal);
        requested.Cancel();
    }
}
