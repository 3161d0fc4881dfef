using BillionHearts.Hosting;

StartRefusals.PrintWithoutStackTrace();

var builder = DistributedApplication.CreateBuilder(args);

builder.AddDashboardAddresses();
builder.AddStartReport();
builder.MakeHealthChecksPatient();
builder.LowerDashboardPriority();

// Infrastructure

var databases = builder.AddDatabases("postgres");

var messaging = builder.AddRabbitMQ("messaging")
    .WithManagementPlugin()
    .WithUrlForEndpoint("management", url => url.DisplayText = "RabbitMQ management")
    .WithDataVolume()
    .WithRestartOnFailure();

var blobs = builder.AddBlobStore("blobs");

var access = builder.AddAccess();

var webhooks = builder.AddWebhooks();

// Services

var migrations = builder.AddMigration<Projects.BillionHearts_Api>("migrations", databases, databases.Images);

// No service waits for the broker: with its outbox the api accepts uploads without one, and consumers connect once it is there.

var analysis = builder.AddReplicas<Projects.BillionHearts_Analysis>("analysis", builder.CountOf("Analysis:Replicas"), analysis => analysis
    .WithBlobStore(blobs)
    .WithReference(messaging)
    .WithEnvironment("Recognition__Enabled", builder.IsOn("Recognition:Enabled")));

var api = builder.AddReplicas<Projects.BillionHearts_Api>("api", count: 2, api => api
    .WithReference(databases.Images).WaitForCompletion(migrations)
    .WithBlobStore(blobs)
    .WithReference(messaging)
    .WithReference(analysis)
    .WithDeadLetterReplay()
    .WithSection("Media")
    .WithEnvironment("Auth__RequireTokens", access.RequireTokens)
    .WithEnvironment("Auth__SigningKey", access.SigningKey)
    .WithEnvironment("Media__SigningKey", access.MediaKey));

var notificationsMigrations = builder.AddMigration<Projects.BillionHearts_Notifications>("notifications-migrations", databases, databases.Notifications);

var notifications = builder.AddReplicas<Projects.BillionHearts_Notifications>("notifications", builder.CountOf("Notifications:Replicas"), notifications => notifications
    .WithReference(databases.Notifications).WaitForCompletion(notificationsMigrations)
    .WithReference(messaging)
    .WithReference(api)
    .WithSection("Mail")
    .WithWebhooks(webhooks)
    .WithEnvironment("Auth__RequireTokens", access.RequireTokens));

var web = builder.AddReplicas<Projects.BillionHearts_Web>("web", count: 1, web => web
    .WithReference(api)
    .WithReference(notifications)
    .WithSection("Media")
    .WithEnvironment("Auth__RequireTokens", access.RequireTokens));

// Edge

builder.AddGateway("gateway", api, notifications, web, access);

builder.RunContainersAsProcesses();

builder.Build().Run();
