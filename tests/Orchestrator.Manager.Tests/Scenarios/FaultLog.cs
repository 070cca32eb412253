using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Manager.Tests.Scenarios;

/// <summary>Keeps what is logged as an error, so that a failing test can say it.</summary>
internal sealed class FaultLog : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> faults = [];

    public IEnumerable<string> Faults => faults;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            faults.Enqueue($"{formatter(state, exception)}: {exception}");
    }

    public void Dispose()
    {
    }
}
