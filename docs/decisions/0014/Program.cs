// Our outbox and relay against WolverineFx on the same row, the same servers and the same client. See bench.sh.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using BillionHearts.Api.Data;
using BillionHearts.Api.Images;
using BillionHearts.Contracts;
using BillionHearts.ServiceDefaults.Messaging;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using WolverineBench;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var (mode, side) = (args[0], args[1]);
var number = args.Length > 2 ? int.Parse(args[2]) : 0;
var sides = new Sides(side);
const int Burst = 1000;

switch (mode)
{
    case "reset":
        await sides.ResetAsync();
        break;
    case "start":
        await (await sides.StartAsync()).DisposeAsync();
        break;
    case "bench":
        await BenchAsync();
        break;
    case "killed":
        await KilledAsync(number, brokerPid: args[3]);
        break;
    case "recover":
        await RecoverAsync();
        break;
    case "steady":
        await SteadyAsync(number, seconds: int.Parse(args[3]));
        break;
    case "storm":
        await StormAsync(number);
        break;
    case "backlog":
        await BacklogAsync(number);
        break;
    case "unroutable":
        await UnroutableAsync(number);
        break;
    case "count":
        await CountAsync();
        break;
    default:
        throw new ArgumentException(mode);
}

// Start, memory, commits at 8 concurrent, a burst of 1000 messages, and 50 messages/s.
async Task BenchAsync()
{
    await using var host = await sides.StartAsync();
    var started = (DateTime.Now - Process.GetCurrentProcess().StartTime).TotalMilliseconds;
    var rss = Rss();
    await using var consumer = await Consumer.StartAsync();

    await CommitsAsync(host, TimeSpan.FromSeconds(4));
    await UntilEmptyAsync(host);
    var (cpu, watch) = (Process.GetCurrentProcess().TotalProcessorTime, Stopwatch.StartNew());
    var commits = await CommitsAsync(host, TimeSpan.FromSeconds(8));
    var committed = watch.Elapsed;
    await UntilEmptyAsync(host);
    var drained = watch.Elapsed;
    var cpuEach = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds / commits.Count;

    // One commit of 1000 messages, from the call to the last delivery and to the last row gone. Wolverine publishes within the call.
    consumer.Reset();
    watch.Restart();
    await host.CommitAsync(Burst);
    var returned = watch.Elapsed;
    await consumer.UntilAsync(Burst);
    var delivered = watch.Elapsed;
    await UntilEmptyAsync(host);
    var emptied = watch.Elapsed;

    consumer.Reset();
    var latencies = new List<double>();
    for (var i = 0; i < 300; i++)
    {
        var begun = Stopwatch.GetTimestamp();
        var id = (await host.CommitAsync(1))[0];
        latencies.Add(Stopwatch.GetElapsedTime(begun, await consumer.ArrivalAsync(id)).TotalMilliseconds);
        await Task.Delay(20);
    }

    Console.WriteLine($"{side,-9} started ms {started,6:0} | rss MB {rss,4} end {Rss(),4} | commits/s {commits.Count / committed.TotalSeconds,5:0} P50 {At(commits, 50),5:0.00} P99 {At(commits, 99),6:0.0} drained after {(drained - committed).TotalSeconds,4:0.0} s cpu us {cpuEach,4:0} | burst of {Burst} s: returned {returned.TotalSeconds,5:0.0} delivered {delivered.TotalSeconds,5:0.0} emptied {emptied.TotalSeconds,5:0.0} | one at a time ms P50 {At(latencies, 50),5:0.0} P99 {At(latencies, 99),6:0.0}");
}

async Task<List<double>> CommitsAsync(IHostSide host, TimeSpan time)
{
    var all = new ConcurrentBag<double>();
    var watch = Stopwatch.StartNew();
    await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
    {
        while (watch.Elapsed < time)
        {
            var begun = Stopwatch.GetTimestamp();
            await host.CommitAsync(1);
            all.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }
    })));
    return [.. all];
}

// The broker stands still, messages are committed, and the process dies before one of them is published.
async Task KilledAsync(int messages, string brokerPid)
{
    await using var host = await sides.StartAsync();
    await host.CommitAsync(1);
    await UntilEmptyAsync(host);
    Process.Start("kill", ["-STOP", brokerPid]).WaitForExit();
    var calls = Enumerable.Range(0, messages).Select(_ => host.CommitAsync(1)).ToList();
    await Task.WhenAny(Task.WhenAll(calls), Task.Delay(10_000));
    Console.WriteLine($"{side}: broker stopped, {messages} commits: {calls.Count(call => call.IsCompletedSuccessfully)} calls have returned after 10 s, {await host.WaitingAsync()} rows wait; SIGKILL");
    Process.GetCurrentProcess().Kill();
}

async Task RecoverAsync()
{
    var watch = Stopwatch.StartNew();
    await using var host = await sides.StartAsync();
    var before = await host.WaitingAsync();
    await UntilEmptyAsync(host, seconds: 300);
    Console.WriteLine($"{side}: {before} rows before the start, {await host.WaitingAsync()} after {watch.Elapsed.TotalSeconds:0.0} s");
}

// Commits at a rate, while bench.sh does something to the broker; then until the outbox is empty.
async Task SteadyAsync(int rate, int seconds)
{
    await using var host = await sides.StartAsync();
    await host.CommitAsync(1);
    using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / rate));
    var (watch, failed, slowest) = (Stopwatch.StartNew(), 0, 0.0);
    Console.WriteLine("ready");
    for (var i = 0; i < rate * seconds; i++)
    {
        await timer.WaitForNextTickAsync();
        var begun = Stopwatch.GetTimestamp();
        try
        {
            await host.CommitAsync(1);
        }
        catch (Exception exception)
        {
            failed++;
            Console.Error.WriteLine(exception.Message);
        }

        slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
    }

    var left = await host.WaitingAsync();
    watch.Restart();
    await UntilEmptyAsync(host, seconds: 240);
    Console.WriteLine($"{side}: {rate * seconds} commits, {failed} failed, slowest {slowest:0} ms; {left} rows waited at the end, {await host.WaitingAsync()} after another {watch.Elapsed.TotalSeconds:0.0} s");
}

// As many commits as 8 callers make, while bench.sh kills the broker.
async Task StormAsync(int seconds)
{
    await using var host = await sides.StartAsync();
    await host.CommitAsync(1);
    Console.WriteLine("ready");
    var commits = await CommitsAsync(host, TimeSpan.FromSeconds(seconds));
    await UntilEmptyAsync(host, seconds: 240);
    Console.WriteLine($"{side}: {commits.Count} commits by 8 callers, P50 {At(commits, 50):0} ms, P99 {At(commits, 99):0} ms, slowest {commits.Max():0} ms; {await host.WaitingAsync()} rows left");
}

// What a process finds at its start: rows that belong to nobody.
async Task BacklogAsync(int messages)
{
    await using (var host = await sides.StartAsync())
    {
        await host.OrphanAsync(messages);
    }

    await using var next = await sides.StartAsync();
    await using var consumer = await Consumer.StartAsync();
    var watch = Stopwatch.StartNew();
    await UntilEmptyAsync(next, seconds: 300);
    Console.WriteLine($"{side}: backlog of {messages}: {await next.WaitingAsync()} left after {watch.Elapsed.TotalSeconds:0.0} s");
}

// Somebody has removed the binding: no queue takes the message.
async Task UnroutableAsync(int messages)
{
    await using var host = await sides.StartAsync();
    await host.CommitAsync(1);
    await UntilEmptyAsync(host);
    var connection = await new ConnectionFactory { Uri = Sides.Broker }.CreateConnectionAsync();
    var channel = await connection.CreateChannelAsync();
    await channel.QueueUnbindAsync(ImagesExchange.Queues.AnalysisFresh, ImagesExchange.Name, ImagesExchange.Keys.Uploaded);
    await connection.CloseAsync();
    for (var i = 0; i < messages; i++)
    {
        await host.CommitAsync(1);
    }

    await UntilEmptyAsync(host, seconds: 20);
    Console.WriteLine($"{side}: {messages} commits without a binding, {await host.WaitingAsync()} rows wait");
}

// What the queue holds against what was committed.
async Task CountAsync()
{
    await using var database = NpgsqlDataSource.Create(Sides.Database(side));
    await using var read = database.CreateCommand("SELECT id FROM images");
    var committed = new HashSet<long>();
    await using (var reader = await read.ExecuteReaderAsync())
    {
        while (await reader.ReadAsync())
        {
            committed.Add(reader.GetInt64(0));
        }
    }

    await using var consumer = await Consumer.StartAsync();
    do
    {
        consumer.Seen = false;
        await Task.Delay(1500);
    }
    while (consumer.Seen);

    var ids = consumer.Order.ToArray();
    var first = ids.Distinct().ToArray();
    Console.WriteLine($"{side}: committed {committed.Count}, delivered {ids.Length}, lost {committed.Except(ids).Count()}, more than once {ids.Length - first.Length}, out of order {first.Zip(first.Skip(1)).Count(pair => pair.First > pair.Second)}");
}

static double At(List<double> values, int percent)
{
    values.Sort();
    return values[Math.Min(values.Count - 1, values.Count * percent / 100)];
}

static long Rss()
{
    using var self = Process.GetCurrentProcess();
    return self.WorkingSet64 / 1_000_000;
}

static async Task UntilEmptyAsync(IHostSide host, int seconds = 60)
{
    var watch = Stopwatch.StartNew();
    while (watch.Elapsed.TotalSeconds < seconds && await host.WaitingAsync() > 0)
    {
        await Task.Delay(50);
    }
}
