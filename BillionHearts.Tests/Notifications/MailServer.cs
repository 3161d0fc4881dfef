using System.Buffers;
using System.Collections.Concurrent;
using MimeKit;
using SmtpServer;
using SmtpServer.Mail;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace BillionHearts.Tests.Notifications;

/// <summary>An SMTP server of this process, at a free port. It refuses addresses that begin with <c>unknown</c>, and every mail while it is told to.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public MailServer()
    {
        Port = FreePorts.Take();
        var services = new SmtpServer.ComponentModel.ServiceProvider();
        services.Add(new Store(this));
        services.Add(new Filter());
        var options = new SmtpServerOptionsBuilder().ServerName("localhost").Port(Port).Build();
        _running = new SmtpServer.SmtpServer(options, services).StartAsync(_stop.Token);
    }

    public int Port { get; }

    public bool IsRefusing { get; set; }

    public ConcurrentQueue<MimeMessage> Letters { get; } = [];

    public Task<MimeMessage[]> ReceivedAsync(string address, int count, CancellationToken cancellationToken) => Eventually.ReadAsync(
        _ => Task.FromResult(Letters.Where(letter => letter.To.ToString() == address).ToArray()), until: letters => letters.Length >= count, TimeSpan.FromSeconds(30), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private sealed class Store(MailServer server) : MessageStore
    {
        public override Task<SmtpResponse> SaveAsync(
            ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
        {
            if (server.IsRefusing)
            {
                return Task.FromResult(new SmtpResponse(SmtpReplyCode.MailboxUnavailable, "not now"));
            }

            using var text = new MemoryStream(buffer.ToArray());
            server.Letters.Enqueue(MimeMessage.Load(text, cancellationToken));
            return Task.FromResult(SmtpResponse.Ok);
        }
    }

    private sealed class Filter : MailboxFilter
    {
        public override Task<bool> CanDeliverToAsync(ISessionContext context, IMailbox to, IMailbox from, CancellationToken cancellationToken) =>
            Task.FromResult(!to.User.StartsWith("unknown", StringComparison.Ordinal));
    }
}
